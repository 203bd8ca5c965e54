/** How much of something is used. */
export function Meter({ label, used, of }: { label: string; used: number; of: number }) {
  const share = of === 0 ? 0 : Math.min(1, used / of);
  const level = share > 0.9 ? 'bad' : share > 0.75 ? 'warn' : '';
  return (
    <span
      className={`meter ${level}`}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
    >
      <span style={{ inlineSize: `${share * 100}%` }} />
    </span>
  );
}
