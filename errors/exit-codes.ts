/** Exit codes by error family. 0, 1 and 2 belong to a scenario's verdict (pass, fail, unknown). */
export const exitCodes = {
  usage: 64, // bad command line
  config: 78, // config.rb or lab.toml
  unit: 65, // a unit file
  ignition: 66, // an Ignition config
  input: 67, // HTTP body, wire frame, other data from outside
  missing: 68, // a machine, unit or scenario of that name does not exist
  host: 69, // the host lacks something
  internal: 70, // a bug of ours
  unschedulable: 71, // no machine can take a unit
  busy: 73, // somebody else holds the lab
  state: 74, // the lab is not in a state that allows this
  timeout: 75, // a condition did not come true before its deadline
  command: 76, // a command run by the lab failed
  permission: 77, // not root
  unbuilt: 79, // not built yet
  interrupted: 130, // by Ctrl-C; 128 + SIGINT, as shells have it
} as const;

export type ErrorFamily = keyof typeof exitCodes;
