import { PageHead } from '../parts/page-head.tsx';
import { Problem } from '../parts/problem.tsx';
import { paths } from '../rest/paths.ts';
import type { User } from '../rest/shapes.ts';
import { useRest } from '../rest/use-rest.ts';

/** Who may do what. A server without users beside its administrator says so. */
export function UsersPage() {
  const administrator = useRest<{ username: string }>(paths.administrator);
  const users = useRest<readonly User[]>(paths.users, 5000);
  const hasNone = users.error?.status === 501 || users.error?.status === 404;
  return (
    <>
      <PageHead title="Users" note="Who may sign in, and what for" />
      {hasNone && (
        <p className="notice" role="status">
          <strong>This server has no users beside its administrator.</strong> It does not know users, groups and roles:
          applications use the administrator&rsquo;s name and password.
        </p>
      )}
      {!hasNone && <Problem error={users.error} what="Not listed." />}
      <section className="card">
        <table className="stacked">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Full name</th>
              <th scope="col">Domain</th>
              <th scope="col">Roles</th>
            </tr>
          </thead>
          <tbody>
            {administrator.data && (
              <Row user={{ id: administrator.data.username, domain: 'builtin', roles: [{ role: 'admin' }] }} />
            )}
            {users.data?.map((user) => (
              <Row key={`${user.domain}/${user.id}`} user={user} />
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

function Row({ user }: { user: User }) {
  const roles = user.roles.map(({ role, bucket_name: bucket }) => (bucket === undefined ? role : `${role}[${bucket}]`));
  return (
    <tr>
      <th scope="row">{user.id}</th>
      <td data-label="Full name">{user.name === undefined || user.name === '' ? '–' : user.name}</td>
      <td data-label="Domain">{user.domain}</td>
      <td data-label="Roles">
        <span className="roles">
          {roles.map((role) => (
            <span key={role} className="pill">
              {role}
            </span>
          ))}
        </span>
      </td>
    </tr>
  );
}
