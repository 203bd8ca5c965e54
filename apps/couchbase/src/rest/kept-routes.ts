import { LabError } from '../../../../errors/lab-error.ts';
import { notKept, type RestResponse, type Route } from './exchange.ts';

/** Where changes by REST are kept. */
export interface Keeper {
  /** @throws LabError `state.disk-full` when a change could not be recorded */
  require(): void;
  /** Records the cluster's settings, users and buckets, if they have changed. */
  recordCluster(): void;
  /** Resolves when all that was recorded up to now is on the disk. */
  persisted(): Promise<void>;
}

/** Routes whose changes are on the disk before they are answered, where there is one. */
export function keptRoutes(keeper: Keeper | undefined, routes: readonly Route[]): Route[] {
  if (keeper === undefined) return [...routes];
  return routes.map((route) => (changes(route) ? { ...route, handle: kept(keeper, route) } : route));
}

/** A view is also asked by POST. */
export function changes({ method, needs }: Route): boolean {
  return method !== 'GET' && (needs === undefined || needs === 'somebody' || needs.to === 'write');
}

function kept(keeper: Keeper, route: Route): Route['handle'] {
  return async (request, captured): Promise<RestResponse> => {
    try {
      // To delete a bucket is a way out of a full disk.
      if (route.method !== 'DELETE') keeper.require();
      const response = await route.handle(request, captured);
      keeper.recordCluster();
      await keeper.persisted();
      return response;
    } catch (error) {
      if (error instanceof LabError && error.code === 'state.disk-full')
        return notKept(`${error.message}; ${error.next}`);
      throw error;
    }
  };
}
