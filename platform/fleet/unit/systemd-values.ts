import { listenAddress } from './values/addresses.ts';
import { limit, memory, quota, tasks } from './values/amounts.ts';
import { commandLine } from './values/commands.ts';
import { choice, matching, orEmpty, wholeBetween, wordsOf, type Kind, type ValueProblem } from './values/kind.ts';
import {
  absolutePath,
  absolutePaths,
  assignments,
  conditionPath,
  documentation,
  optionalPath,
  ownDirectories,
  unitNames,
  unitNamesOf,
} from './values/names-and-paths.ts';
import { calendar, timeSpan } from './values/times.ts';

/**
 * Judges what unit files hold as systemd 252 does (systemd.unit(5) and its neighbours): command lines, names of units, paths, variables,
 * booleans, times, signals, amounts of things and the words of Type=, Restart= and others. Of other keys nothing is said.
 * @param value as systemd takes it, without line breaks
 */
export function valueProblem(section: string, name: string, value: string): ValueProblem | undefined {
  return kindOf(section, name)?.(value);
}

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

const signalNames = wordsOf(`
  HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF
  WINCH IO PWR SYS
`);
const signalName = String.raw`(SIG)?(${signalNames.join('|')})|(SIG)?RTMIN(\+\d+)?|(SIG)?RTMAX(-\d+)?`;

const yesOrNo = matching(/^(1|yes|y|true|t|on|0|no|n|false|f|off)$/i, 'it is neither yes nor no', 'yes or no');
const count = matching(/^\s*\+?(0[xX][0-9a-fA-F]+|\d+)$/, 'it is no whole number', 'a whole number');
const mode = matching(/^[0-7]{1,5}$/, 'it is no octal number', '0755');
const signal = matching(new RegExp(`^(${signalName}|[1-9]|[1-5]\\d|6[0-4])$`), 'it is no signal', 'SIGTERM');
// Names of exit codes (`systemd-analyze exit-status`) are words in capitals, as are those of signals.
const exitStatus = `(\\d{1,2}|1\\d\\d|2[0-4]\\d|25[0-5]|${signalName}|(?!SIG)[A-Z][A-Z_]+)`;
const exitStatuses = matching(
  new RegExp(`^(${exitStatus}(\\s+${exitStatus})*)?$`),
  'it is no list of exit codes and signals with blanks between them',
  '143 SIGTERM',
);
const action = choice(
  ...wordsOf('none reboot reboot-force reboot-immediate poweroff poweroff-force poweroff-immediate exit exit-force'),
);

/** By the key alone, or by section and key where a key means two things. */
const others: ReadonlyMap<string, Kind> = new Map([
  ['Service.Restart', choice('always', 'on-failure', 'on-success', 'on-abnormal', 'on-abort', 'on-watchdog', 'no')],
  ['Service.Type', choice('simple', 'oneshot', 'forking', 'notify', 'exec', 'dbus', 'idle')],
  ['KillMode', choice('control-group', 'process', 'mixed', 'none', '')],
  ['Unit.Documentation', documentation],
  ...each('Unit', [
    'After Before BindTo BindsTo Conflicts JoinsNamespaceOf OnFailure OnSuccess PartOf PropagateReloadFrom PropagateReloadTo',
    'PropagatesReloadTo PropagatesStopTo ReloadPropagatedFrom Requires RequiresOverridable Requisite RequisiteOverridable',
    'StopPropagatedFrom Upholds Wants',
  ], unitNames),
  ...each('Unit', ['Condition', 'Assert'].flatMap((test) =>
    wordsOf(`PathExists PathExistsGlob PathIsDirectory PathIsSymbolicLink PathIsMountPoint PathIsReadWrite DirectoryNotEmpty FileNotEmpty
      FileIsExecutable`).map((what) => `${test}${what}`),
  ), conditionPath),
  ['Unit.RequiresMountsFor', absolutePaths],
  ['Service.Sockets', unitNamesOf('socket')],
  ['Socket.Service', unitNamesOf('service')],
  ['Timer.Unit', unitNames],
  ['Path.Unit', unitNames],
  ['Slice', unitNamesOf('slice')],
  ...each('Path', ['PathExists PathExistsGlob PathChanged PathModified DirectoryNotEmpty'], absolutePath),
  ['Mount.Where', absolutePath],
  ['Automount.Where', absolutePath],
  ['EnvironmentFile', optionalPath],
  ['Environment', assignments],
  ...each('', [
    'ReadWritePaths ReadOnlyPaths InaccessiblePaths ReadWriteDirectories ReadOnlyDirectories InaccessibleDirectories ExecPaths NoExecPaths',
  ], absolutePaths),
  ...each('', ['RuntimeDirectory StateDirectory CacheDirectory LogsDirectory ConfigurationDirectory'], ownDirectories),
  ...each('', ['ExecStart ExecStartPre ExecStartPost ExecStop ExecStopPre ExecStopPost ExecReload ExecCondition'], commandLine),
  ['WorkingDirectory', orEmpty(matching(/^(-?[\/~]|-?.*%)/, 'it is no path from /', '/opt/app', 'fatal'))],
  ...each('', ['User Group'], orEmpty(matching(/^[^:\/]*$/, 'it is no name', 'core', 'fatal'))),
  ...each('', ['LimitNOFILE LimitNPROC LimitLOCKS LimitSIGPENDING LimitRTPRIO'], limit('count')),
  ...each('', ['LimitFSIZE LimitDATA LimitSTACK LimitCORE LimitRSS LimitAS LimitMEMLOCK LimitMSGQUEUE'], limit('bytes')),
  ...each('', ['MemoryLimit MemoryMax MemoryHigh MemoryLow MemoryMin MemorySwapMax'], memory),
  ['TasksMax', tasks],
  ['CPUQuota', quota],
  ...each('', ['CPUShares StartupCPUShares'], orEmpty(wholeBetween(2, 262_144))),
  ...each('', ['BlockIOWeight StartupBlockIOWeight'], orEmpty(wholeBetween(10, 1000))),
  ['Nice', orEmpty(wholeBetween(-20, 19))],
  ['OOMScoreAdjust', orEmpty(wholeBetween(-1000, 1000))],
  ...each('', ['StandardOutput StandardError'], output),
  ['SyslogFacility', choice(...wordsOf(
    'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp local0 local1 local2 local3 local4 local5 local6 local7',
  ))],
  ['SyslogLevel', choice(...wordsOf('emerg alert crit err warning notice info debug'))],
  ['DevicePolicy', choice('auto', 'closed', 'strict')],
  ['NotifyAccess', choice('none', 'main', 'exec', 'all')],
  ['ProtectSystem', matching(/^(1|yes|y|true|t|on|0|no|n|false|f|off|full|strict)$/i, 'it is none of yes, no, full, strict', 'full')],
  ['ProtectHome', matching(/^(1|yes|y|true|t|on|0|no|n|false|f|off|read-only|tmpfs)$/i, 'it is none of yes, no, read-only, tmpfs', 'yes')],
  ['MountFlags', choice('shared', 'slave', 'private', '')],
  ...each('', ['StartLimitAction FailureAction SuccessAction JobTimeoutAction'], action),
  ...each('Service', ['SuccessExitStatus RestartPreventExitStatus RestartForceExitStatus'], exitStatuses),
  ['Timer.OnCalendar', calendar],
  ...each('Timer', ['OnBootSec OnActiveSec OnStartupSec OnUnitActiveSec OnUnitInactiveSec'], orEmpty(timeSpan)),
  ...each('Socket', ['ListenStream ListenDatagram ListenSequentialPacket'], listenAddress),
  ['Socket.ListenFIFO', absolutePath],
]); // prettier-ignore

function each(section: string, keys: readonly string[], kind: Kind): [string, Kind][] {
  return keys.flatMap(wordsOf).map((key) => [section === '' ? key : `${section}.${key}`, kind]);
}

function kindOf(section: string, name: string): Kind | undefined {
  const other = others.get(`${section}.${name}`) ?? others.get(name);
  if (other !== undefined) return other;
  if (booleans.has(name)) return yesOrNo;
  if (times.has(name)) return timeSpan;
  if (numbers.has(name)) return count;
  if (modes.has(name)) return mode;
  return signals.has(name) ? signal : undefined;
}

/** Where output goes; names of files need a word before them. */
function output(value: string): ValueProblem | undefined {
  const word = /^(inherit|null|tty|socket|(journal|kmsg|syslog)(\+console)?|fd(:.*)?|(file|append|truncate):[\/%].*)$/s;
  if (word.test(value)) return undefined;
  const path = /^(?:(?:file|append|truncate):)?(.*)$/s.exec(value)?.[1] ?? '';
  if (!path.includes('/')) return { cause: 'it is none of journal, null, inherit, tty, socket, kmsg, file:PATH', example: 'journal' };
  return { cause: 'a file is named by file: or append: and a path from /', example: `append:/${path.replace(/^[./]+/, '')}` };
} // prettier-ignore
