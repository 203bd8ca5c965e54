export interface Gate {
  open(): void;
  /** Whether it was opened before that time was over. */
  within(ms: number): Promise<boolean>;
}

/** Something that happens once, and that several wait for. */
export function gate(): Gate {
  let open = () => {};
  const opened = new Promise<true>((resolve) => (open = () => resolve(true)));
  return {
    open: () => open(),
    async within(ms) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
      try {
        return await Promise.race([opened, late]);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
