export declare function stageCouchbaseSdk(options: { appDist: string; arch?: string }): {
  files: number;
  bytes: number;
};
