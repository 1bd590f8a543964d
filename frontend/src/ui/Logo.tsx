export function Logo({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 22 22" aria-hidden="true">
      <circle cx="11" cy="11" r="6" fill="none" stroke="var(--accent)" strokeWidth="2.4" />
      <circle cx="11" cy="2.2" r="2" fill="var(--accent)" />
      <circle cx="18.6" cy="15.4" r="2" fill="var(--accent)" />
      <circle cx="3.4" cy="15.4" r="2" fill="var(--warming-bar)" />
    </svg>
  );
}
