/**
 * Where systemd's services and D-Bus have their sockets. The lab hides them from itself; on a host without them they are made
 * for that, and stay behind empty.
 */
export const hostServicePlaces = ['/run/dbus', '/run/systemd'] as const;
