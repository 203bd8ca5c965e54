import { type BusCall, type BusConnection, BusError, type BusSignal, connectBus } from './bus-connection.ts';

/** systemd's D-Bus API (org.freedesktop.systemd1(5)), as far as fleet needs it; connected when it is needed, and again after an end. */
export interface SystemdBus {
  /** A method of the manager. @throws BusError, LabError `timeout.systemd` */
  manager<T>(
    member: string,
    signature: string,
    body: readonly unknown[],
    read: (body: readonly unknown[]) => T,
  ): Promise<T>;
  /** A property of an object. @throws BusError, LabError `timeout.systemd` */
  property<T>(path: string, of: string, name: string, read: (value: unknown) => T): Promise<T>;
  /**
   * Tells of signals from now on.
   * @param on.connected called at each connection: whatever was told before may be old
   */
  listen(on: { signal(signal: BusSignal): void; connected(): void }): void;
  close(): void;
}

/** Where PID 1 listens for root's systemctl, whether a message bus runs or not. */
export const systemdSocket = '/run/systemd/private';
export const managerInterface = 'org.freedesktop.systemd1.Manager';
export const unitInterface = 'org.freedesktop.systemd1.Unit';
export const managerPath = '/org/freedesktop/systemd1';

const reconnectMs = 1000;

/** @param socket {@link systemdSocket}, or a user manager's `$XDG_RUNTIME_DIR/systemd/private` */
export function systemdBus(socket: string = systemdSocket): SystemdBus {
  let current: Promise<BusConnection> | undefined;
  let listener: Parameters<SystemdBus['listen']>[0] | undefined;
  let again: NodeJS.Timeout | undefined;
  let isClosed = false;

  const ended = (): void => {
    current = undefined;
    if (listener === undefined || isClosed) return;
    again ??= setTimeout(() => {
      again = undefined;
      connected().catch(() => undefined);
    }, reconnectMs);
  };
  const open = async (): Promise<BusConnection> => {
    try {
      const connection = await connectBus(socket, { signal: (signal) => listener?.signal(signal), end: ended });
      listener?.connected();
      return connection;
    } catch (error) {
      ended();
      throw error;
    }
  };
  const connected = (): Promise<BusConnection> => (current ??= open());
  const call = async <T>(what: BusCall, read: (body: readonly unknown[]) => T): Promise<T> =>
    (await connected()).call(what, read);

  return {
    manager: (member, signature, body, read) =>
      call(
        { path: managerPath, interface: managerInterface, member, ...(signature !== '' && { signature, body }) },
        read,
      ),
    property: (path, of, name, read) =>
      call(
        { path, interface: 'org.freedesktop.DBus.Properties', member: 'Get', signature: 'ss', body: [of, name] },
        ([value]) => read(value),
      ),
    listen(on) {
      listener = on;
      connected().catch(() => undefined);
    },
    close() {
      isClosed = true;
      clearTimeout(again);
      current?.then(
        (connection) => connection.close(),
        () => undefined,
      );
    },
  };
}

/** systemd has no such unit in memory: `GetUnit`, `StopUnit`, `ResetFailedUnit`; or found none anywhere: `StartUnit`. */
export function isNoSuchUnit(error: unknown): boolean {
  return error instanceof BusError && error.name === 'org.freedesktop.systemd1.NoSuchUnit';
}
