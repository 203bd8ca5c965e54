/**
 * Every key that systemd 252 (Debian 12, which the machines run) reads in each section, as \`/lib/systemd/systemd
 * --dump-configuration-items\` prints them; keys that begin with X- are anybody's. A test holds this list against that command.
 */
export function systemdKeys(section: string): ReadonlySet<string> | undefined {
  return sections.get(section);
}

/** Of what lies in a control group (systemd.resource-control(5)). */
const controlled = `
  AllowedCPUs AllowedMemoryNodes BPFProgram BlockIOAccounting BlockIODeviceWeight BlockIOReadBandwidth BlockIOWeight
  BlockIOWriteBandwidth CPUAccounting CPUQuota CPUQuotaPeriodSec CPUShares CPUWeight DefaultMemoryLow
  DefaultMemoryMin Delegate DeviceAllow DevicePolicy DisableControllers IOAccounting IODeviceLatencyTargetSec
  IODeviceWeight IOReadBandwidthMax IOReadIOPSMax IOWeight IOWriteBandwidthMax IOWriteIOPSMax IPAccounting
  IPAddressAllow IPAddressDeny IPEgressFilterPath IPIngressFilterPath ManagedOOMMemoryPressure
  ManagedOOMMemoryPressureLimit ManagedOOMPreference ManagedOOMSwap MemoryAccounting MemoryHigh MemoryLimit
  MemoryLow MemoryMax MemoryMin MemorySwapMax RestrictNetworkInterfaces Slice SocketBindAllow SocketBindDeny
  StartupAllowedCPUs StartupAllowedMemoryNodes StartupBlockIOWeight StartupCPUShares StartupCPUWeight
  StartupIOWeight TasksAccounting TasksMax
`;

/** Of what runs programs (systemd.exec(5), systemd.kill(5)). */
const executing = `
  AmbientCapabilities AppArmorProfile BindPaths BindReadOnlyPaths CPUAffinity CPUSchedulingPolicy
  CPUSchedulingPriority CPUSchedulingResetOnFork CacheDirectory CacheDirectoryMode CapabilityBoundingSet
  ConfigurationDirectory ConfigurationDirectoryMode CoredumpFilter DynamicUser Environment EnvironmentFile ExecPaths
  ExecSearchPath ExtensionDirectories ExtensionImages FinalKillSignal Group IOSchedulingClass IOSchedulingPriority
  IPCNamespacePath IgnoreSIGPIPE InaccessibleDirectories InaccessiblePaths KeyringMode KillMode KillSignal LimitAS
  LimitCORE LimitCPU LimitDATA LimitFSIZE LimitLOCKS LimitMEMLOCK LimitMSGQUEUE LimitNICE LimitNOFILE LimitNPROC
  LimitRSS LimitRTPRIO LimitRTTIME LimitSIGPENDING LimitSTACK LoadCredential LoadCredentialEncrypted LockPersonality
  LogExtraFields LogLevelMax LogNamespace LogRateLimitBurst LogRateLimitIntervalSec LogsDirectory LogsDirectoryMode
  MemoryDenyWriteExecute MountAPIVFS MountFlags MountImages NUMAMask NUMAPolicy NetworkNamespacePath Nice
  NoExecPaths NoNewPrivileges OOMScoreAdjust PAMName PassEnvironment Personality PrivateDevices PrivateIPC
  PrivateMounts PrivateNetwork PrivateTmp PrivateUsers ProcSubset ProtectClock ProtectControlGroups ProtectHome
  ProtectHostname ProtectKernelLogs ProtectKernelModules ProtectKernelTunables ProtectProc ProtectSystem
  ReadOnlyDirectories ReadOnlyPaths ReadWriteDirectories ReadWritePaths RemoveIPC RestartKillSignal
  RestrictAddressFamilies RestrictFileSystems RestrictNamespaces RestrictRealtime RestrictSUIDSGID RootDirectory
  RootHash RootHashSignature RootImage RootImageOptions RootVerity RuntimeDirectory RuntimeDirectoryMode
  RuntimeDirectoryPreserve SELinuxContext SecureBits SendSIGHUP SendSIGKILL SetCredential SetCredentialEncrypted
  SmackProcessLabel StandardError StandardInput StandardInputData StandardInputText StandardOutput StateDirectory
  StateDirectoryMode SupplementaryGroups SyslogFacility SyslogIdentifier SyslogLevel SyslogLevelPrefix
  SystemCallArchitectures SystemCallErrorNumber SystemCallFilter SystemCallLog TTYColumns TTYPath TTYReset TTYRows
  TTYVHangup TTYVTDisallocate TemporaryFileSystem TimeoutCleanSec TimerSlackNSec UMask UnsetEnvironment User
  UtmpIdentifier UtmpMode WatchdogSignal WorkingDirectory
`;

const unit = `
  After AllowIsolate AssertACPower AssertArchitecture AssertCPUFeature AssertCPUPressure AssertCPUs AssertCapability
  AssertControlGroupController AssertCredential AssertDirectoryNotEmpty AssertEnvironment AssertFileIsExecutable
  AssertFileNotEmpty AssertFirstBoot AssertGroup AssertHost AssertIOPressure AssertKernelCommandLine
  AssertKernelVersion AssertMemory AssertMemoryPressure AssertNeedsUpdate AssertOSRelease AssertPathExists
  AssertPathExistsGlob AssertPathIsDirectory AssertPathIsEncrypted AssertPathIsMountPoint AssertPathIsReadWrite
  AssertPathIsSymbolicLink AssertSecurity AssertUser AssertVirtualization Before BindTo BindsTo CollectMode
  ConditionACPower ConditionArchitecture ConditionCPUFeature ConditionCPUPressure ConditionCPUs ConditionCapability
  ConditionControlGroupController ConditionCredential ConditionDirectoryNotEmpty ConditionEnvironment
  ConditionFileIsExecutable ConditionFileNotEmpty ConditionFirmware ConditionFirstBoot ConditionGroup ConditionHost
  ConditionIOPressure ConditionKernelCommandLine ConditionKernelVersion ConditionMemory ConditionMemoryPressure
  ConditionNeedsUpdate ConditionOSRelease ConditionPathExists ConditionPathExistsGlob ConditionPathIsDirectory
  ConditionPathIsEncrypted ConditionPathIsMountPoint ConditionPathIsReadWrite ConditionPathIsSymbolicLink
  ConditionSecurity ConditionUser ConditionVirtualization Conflicts DefaultDependencies Description Documentation
  FailureAction FailureActionExitStatus IgnoreOnIsolate JobRunningTimeoutSec JobTimeoutAction
  JobTimeoutRebootArgument JobTimeoutSec JoinsNamespaceOf OnFailure OnFailureIsolate OnFailureJobMode OnSuccess
  OnSuccessJobMode PartOf PropagateReloadFrom PropagateReloadTo PropagatesReloadTo PropagatesStopTo RebootArgument
  RefuseManualStart RefuseManualStop ReloadPropagatedFrom Requires RequiresMountsFor RequiresOverridable Requisite
  RequisiteOverridable SourcePath StartLimitAction StartLimitBurst StartLimitInterval StartLimitIntervalSec
  StopPropagatedFrom StopWhenUnneeded SuccessAction SuccessActionExitStatus Upholds Wants
`;

const service = `
  BusName ExecCondition ExecReload ExecStart ExecStartPost ExecStartPre ExecStop ExecStopPost ExitType FailureAction
  FileDescriptorStoreMax GuessMainPID NonBlocking NotifyAccess OOMPolicy PIDFile PermissionsStartOnly RebootArgument
  RemainAfterExit Restart RestartForceExitStatus RestartPreventExitStatus RestartSec RootDirectoryStartOnly
  RuntimeMaxSec RuntimeRandomizedExtraSec Sockets StartLimitAction StartLimitBurst StartLimitInterval
  SuccessExitStatus TimeoutAbortSec TimeoutSec TimeoutStartFailureMode TimeoutStartSec TimeoutStopFailureMode
  TimeoutStopSec Type USBFunctionDescriptors USBFunctionStrings WatchdogSec
`;

const socket = `
  Accept Backlog BindIPv6Only BindToDevice Broadcast DeferAcceptSec DirectoryMode ExecStartPost ExecStartPre
  ExecStopPost ExecStopPre FileDescriptorName FlushPending FreeBind IPTOS IPTTL KeepAlive KeepAliveIntervalSec
  KeepAliveProbes KeepAliveTimeSec ListenDatagram ListenFIFO ListenMessageQueue ListenNetlink ListenSequentialPacket
  ListenSpecial ListenStream ListenUSBFunction Mark MaxConnections MaxConnectionsPerSource MessageQueueMaxMessages
  MessageQueueMessageSize NoDelay PassCredentials PassPacketInfo PassSecurity PipeSize Priority ReceiveBuffer
  RemoveOnStop ReusePort SELinuxContextFromNet SendBuffer Service SmackLabel SmackLabelIPIn SmackLabelIPOut
  SocketGroup SocketMode SocketProtocol SocketUser Symlinks TCPCongestion TimeoutSec Timestamping Transparent
  TriggerLimitBurst TriggerLimitIntervalSec Writable
`;

const mount = `
  DirectoryMode ForceUnmount LazyUnmount Options ReadWriteOnly SloppyOptions TimeoutSec Type What Where
`;

const automount = `
  DirectoryMode ExtraOptions TimeoutIdleSec Where
`;

const swap = `
  Options Priority TimeoutSec What
`;

const timer = `
  AccuracySec FixedRandomDelay OnActiveSec OnBootSec OnCalendar OnClockChange OnStartupSec OnTimezoneChange
  OnUnitActiveSec OnUnitInactiveSec Persistent RandomizedDelaySec RemainAfterElapse Unit WakeSystem
`;

const path = `
  DirectoryMode DirectoryNotEmpty MakeDirectory PathChanged PathExists PathExistsGlob PathModified TriggerLimitBurst
  TriggerLimitIntervalSec Unit
`;

const scope = `
  FinalKillSignal KillMode KillSignal OOMPolicy RestartKillSignal RuntimeMaxSec RuntimeRandomizedExtraSec SendSIGHUP
  SendSIGKILL TimeoutStopSec WatchdogSignal
`;

const install = `
  Alias Also DefaultInstance RequiredBy WantedBy
`;

const words = (...texts: readonly string[]): ReadonlySet<string> =>
  new Set(texts.flatMap((text) => text.split(/\s+/)).filter((word) => word !== ''));

const sections: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['Unit', words(unit)],
  ['Service', words(service, controlled, executing)],
  ['Socket', words(socket, controlled, executing)],
  ['Mount', words(mount, controlled, executing)],
  ['Automount', words(automount)],
  ['Swap', words(swap, controlled, executing)],
  ['Timer', words(timer)],
  ['Path', words(path)],
  ['Slice', words(controlled)],
  ['Scope', words(scope, controlled)],
  ['Install', words(install)],
  ['Target', words()],
  ['Device', words()],
]);
