import { PageHead } from '../parts/page-head.tsx';
import { Problem } from '../parts/problem.tsx';
import { paths } from '../rest/paths.ts';
import type { User } from '../rest/shapes.ts';
import { useRest } from '../rest/use-rest.ts';

/** Who may do what. */
export function UsersPage() {
  const administrator = useRest<{ username: string }>(paths.administrator);
  const users = useRest<readonly User[]>(paths.users, 5000);
  return (
    <>
      <PageHead title="Users" note="Who may sign in, and what for" />
      <Problem error={users.error} what="Not listed." />
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
  const roles = user.roles.map(inWords);
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

/** A role as it is assigned: `data_reader[default:shop]`. What comes after the last that is named is all there is. */
function inWords({ role, bucket_name, scope_name, collection_name }: User['roles'][number]): string {
  const within = [bucket_name, scope_name, collection_name].filter((part) => part !== undefined);
  while (within.length > 1 && within.at(-1) === '*') within.pop();
  return within.length === 0 ? role : `${role}[${within.join(':')}]`;
}
