/** Why systemd would ignore a value, and one that it takes. */
export interface ValueProblem {
  readonly cause: string;
  readonly example: string;
}

/**
 * Judges the values that have a small grammar: booleans, times, signals, numbers, modes, and the words of Type=, Restart=, KillMode=
 * (systemd.syntax(7), systemd.time(7), systemd.service(5), systemd.kill(5); systemd 252). Of other keys nothing is said.
 * @param value as systemd takes it, without line breaks
 */
export function valueProblem(section: string, name: string, value: string): ValueProblem | undefined {
  const kind = kindOf(section, name);
  return kind === undefined || kind.takes.test(value) ? undefined : { cause: kind.cause, example: kind.example };
}

interface Kind extends ValueProblem {
  readonly takes: RegExp;
}

const wordsOf = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

const booleans = new Set(
  wordsOf(`
  Accept AllowIsolate BlockIOAccounting Broadcast CPUAccounting CPUSchedulingResetOnFork DefaultDependencies
  DynamicUser FixedRandomDelay FlushPending ForceUnmount FreeBind GuessMainPID IOAccounting IPAccounting
  IgnoreOnIsolate IgnoreSIGPIPE KeepAlive LazyUnmount LockPersonality MakeDirectory MemoryAccounting
  MemoryDenyWriteExecute NoDelay NoNewPrivileges NonBlocking OnClockChange OnTimezoneChange
  PassCredentials PassPacketInfo PassSecurity PermissionsStartOnly Persistent PrivateDevices PrivateIPC
  PrivateMounts PrivateNetwork PrivateTmp PrivateUsers ProtectClock ProtectControlGroups ProtectHostname
  ProtectKernelLogs ProtectKernelModules ProtectKernelTunables ReadWriteOnly RefuseManualStart RefuseManualStop
  RemainAfterElapse RemainAfterExit RemoveIPC RemoveOnStop RestrictRealtime RestrictSUIDSGID ReusePort
  RootDirectoryStartOnly SELinuxContextFromNet SendSIGHUP SendSIGKILL SloppyOptions StopWhenUnneeded
  SyslogLevelPrefix TTYReset TTYVHangup TTYVTDisallocate TasksAccounting Transparent WakeSystem Writable
  `),
);
const times = new Set(
  wordsOf(`
  AccuracySec DeferAcceptSec KeepAliveIntervalSec KeepAliveTimeSec LogRateLimitIntervalSec RandomizedDelaySec RestartSec
  RuntimeMaxSec StartLimitInterval StartLimitIntervalSec TimeoutSec TimeoutStartSec TimeoutStopSec
  TriggerLimitIntervalSec WatchdogSec
  `),
);
const numbers = new Set(wordsOf('KeepAliveProbes LogRateLimitBurst MaxConnections StartLimitBurst TriggerLimitBurst'));
const modes = new Set(
  wordsOf(
    'CacheDirectoryMode ConfigurationDirectoryMode DirectoryMode LogsDirectoryMode RuntimeDirectoryMode SocketMode StateDirectoryMode UMask',
  ),
);
const signals = new Set(wordsOf('FinalKillSignal KillSignal RestartKillSignal WatchdogSignal'));

const timeUnit =
  'seconds|second|sec|s|minutes|minute|min|months|month|M|msec|ms|m|hours|hour|hr|h|days|day|d|weeks|week|w|years|year|y|usec|us|µs|μs';
const number = String.raw`(\d+(\.\d+)?|\.\d+)`;
const signalNames = wordsOf(`
  HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF
  WINCH IO PWR SYS
`);

const yesOrNo: Kind = {
  takes: /^(1|yes|y|true|t|on|0|no|n|false|f|off)$/i,
  cause: 'it is neither yes nor no',
  example: 'yes or no',
};
const time: Kind = {
  takes: new RegExp(String.raw`^\s*(infinity|${number}\s*(${timeUnit})?(\s*${number}\s*(${timeUnit})?)*)\s*$`),
  cause: 'it is no span of time',
  example: '5s, 1min 30s, or a number of seconds',
};
const count: Kind = {
  takes: /^\s*\+?(0[xX][0-9a-fA-F]+|\d+)$/,
  cause: 'it is no whole number',
  example: 'a whole number',
};
const mode: Kind = { takes: /^[0-7]{1,5}$/, cause: 'it is no octal number', example: '0755' };
const signal: Kind = {
  takes: new RegExp(
    String.raw`^((SIG)?(${signalNames.join('|')})|(SIG)?RTMIN(\+\d+)?|(SIG)?RTMAX(-\d+)?|[1-9]|[1-5]\d|6[0-4])$`,
  ),
  cause: 'it is no signal',
  example: 'SIGTERM',
};

function choice(...words: string[]): Kind {
  return {
    takes: new RegExp(`^(${words.join('|')})$`),
    cause: `it is none of ${words.filter((word) => word !== '').join(', ')}`,
    example: words[0] ?? '',
  };
}

const choices: ReadonlyMap<string, Kind> = new Map([
  ['Service.Restart', choice('always', 'on-failure', 'on-success', 'on-abnormal', 'on-abort', 'on-watchdog', 'no')],
  ['Service.Type', choice('simple', 'oneshot', 'forking', 'notify', 'exec', 'dbus', 'idle')],
  ['KillMode', choice('control-group', 'process', 'mixed', 'none', '')],
]);

function kindOf(section: string, name: string): Kind | undefined {
  const chosen = choices.get(`${section}.${name}`) ?? choices.get(name);
  if (chosen !== undefined) return chosen;
  if (booleans.has(name)) return yesOrNo;
  if (times.has(name)) return time;
  if (numbers.has(name)) return count;
  if (modes.has(name)) return mode;
  return signals.has(name) ? signal : undefined;
}
