// The mark: a flag on its staff.
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <path d="M9.5 7v18.5" stroke="var(--on-accent)" strokeWidth="2.6" strokeLinecap="round" />
      <path d="M12 8.2h11.6L20.2 13l3.4 4.8H12z" fill="var(--on-accent)" />
    </svg>
  );
}
