/** The product's shield, in the current text colour's accent. */
export function BrandMark({ size = 28 }: { readonly size?: number }): React.JSX.Element {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" fill="var(--accent)" />
      <path d="M16 5.5 7.5 9v6.6c0 5.2 3.6 8.9 8.5 10.9 4.9-2 8.5-5.7 8.5-10.9V9z" fill="#fff" />
      <path
        d="m11.8 16 3 3 5.6-6"
        fill="none"
        stroke="#02727c"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
