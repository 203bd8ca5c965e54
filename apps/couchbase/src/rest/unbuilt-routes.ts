import { unbuilt, type Route } from './exchange.ts';

/**
 * What a real node answers and this one does not: 501 with the reason, so that a script sees the difference from a path
 * that no node knows (404). Paths: ns_server's own table of routes (menelaus_web.erl).
 */
export const unbuiltRoutes: readonly Route[] = (
  [
    [/^\/settings\/rbac\/(?:profiles|lookupLDAPUser|backup|uiroles).*$/u, 'that part of user management'],
    [
      /^\/settings\/(?:ldap|saslauthdAuth|clientCertAuth|passwordPolicy|invalidateLDAPCache)(?:\/.*)?$/u,
      'user management',
    ],
    [/^\/sampleBuckets(?:\/install)?$/u, 'loading of sample buckets'],
    [
      /^\/(?:controller\/(?:addNode|addNodeV2|ejectNode|failOver|startFailover|startGracefulFailover|reAddNode|reFailOver|setRecoveryType|stopRebalance|cancelRebalanceRetry\/[^/]+)|engageCluster2|completeJoin|node\/controller\/doJoinCluster)$/u,
      'a cluster of several nodes',
    ],
    [/^\/pools\/default\/(?:remoteClusters|replications)(?:\/.*)?$/u, 'replication between clusters (XDCR)'],
    [
      /^\/(?:settings\/replications(?:\/.*)?|controller\/(?:createReplication|cancelXDCR\/.*|cancelXCDR\/.*)|xdcr\/.*)$/u,
      'replication between clusters (XDCR)',
    ],
    [/^\/settings\/(?:security|audit)(?:\/.*)?$/u, 'the setting of TLS, headers and audit'],
    [
      /^\/(?:pools\/default\/(?:certificates?|trustedCAs)(?:\/.*)?|controller\/(?:regenerateCertificate|uploadClusterCA))$/u,
      'TLS',
    ],
    [/^\/node\/controller\/(?:reloadCertificate|loadTrustedCAs|changeMasterPassword|rotateDataKey)$/u, 'TLS'],
    [
      /^\/node\/controller\/(?:setupNetConfig|(?:enable|disable)ExternalListener|disableUnusedExternalListeners)$/u,
      'the choice of address families and listeners',
    ],
    [/^\/node\/controller\/setupAlternateAddresses\/external$/u, 'alternate addresses'],
    [
      /^\/(?:versions|nodes\/self\/xdcrSSLPorts|pools\/default\/(?:terseClusterInfo|pendingRetryRebalance|checkPermissions))$/u,
      'that description of a node or cluster (use /pools and /pools/default)',
    ],
    [
      /^\/controller\/(?:resetAdminPassword|resetCipherSuites|hardResetNode)$/u,
      'resetting of a node (remove its container: a new one is as before set-up)',
    ],
    [/^\/nodeInit$/u, 'nodeInit (use /node/controller/rename and /nodes/self/controller/settings)'],
    [
      /^\/settings\/(?:alerts|metrics|analytics|querySettings|license|logRedaction|developerPreview|serverless|resourceManagement|dataService|appTelemetry)(?:\/.*)?$/u,
      'that setting',
    ],
    [
      /^\/settings\/(?:failover|autoReprovision|rebalance|retryRebalance|maxParallelIndexers|viewUpdateDaemon|autoCompaction)(?:\/.*)?$/u,
      'that setting',
    ],
    [/^\/(?:internalSettings|internal\/settings\/.*|controller\/(?:setAutoCompaction|resetAlerts))$/u, 'that setting'],
    [/^\/pools\/default\/settings\/memcached\/.*$/u, 'that setting'],
    [/^\/diag\/eval$/u, 'running of Erlang code'],
    [
      /^\/(?:logs|events|eventsStreaming|sasl_logs|diag|controller\/(?:start|cancel)LogsCollection)(?:\/.*)?$/u,
      'reading of logs (use `docker logs`)',
    ],
    [/^\/(?:metrics|indexStatus|nodeStatuses|_uistats|prometheus_sd_config.*)$/u, 'that statistic'],
    [/^\/pools\/default\/stats\/range(?:\/.*)?$/u, 'that statistic'],
    [/^\/pools\/default\/(?:buckets\/.*\/(?:statsDirectory|recoveryStatus)|nodes\/.*)$/u, 'that statistic'],
    [
      /^\/pools\/default\/buckets\/[^/]+\/(?:scopes\/[^/]+\/collections\/[^/]+\/)?localRandomKey$/u,
      'choosing a document at random',
    ],
    [
      /^\/pools\/default\/buckets\/[^/]+\/(?:ddocs\/.*|controller\/(?:compactBucket|unsafePurgeBucket|cancelBucketCompaction|compactDatabases|cancelDatabasesCompaction|startRecovery|stopRecovery|commitVBucket))$/u,
      'compaction and recovery (all data is in memory)',
    ],
  ] as const
).flatMap(([pattern, what]) =>
  ['GET', 'PUT', 'POST', 'PATCH', 'DELETE'].map((method) => ({ method, pattern, handle: () => unbuilt(what) })),
);
