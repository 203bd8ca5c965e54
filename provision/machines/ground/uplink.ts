/** Environment variable that tells a supervisor in which files logins at registries are, separated by colons. */
export const uplinkLogins = 'LAB_REGISTRY_LOGINS';

/** File descriptor at which a supervisor that fetches images has the host's network namespace. */
export const uplinkDescriptor = 3;
