/// <reference types="vite/client" />

// The icon package types only its index, which the development server would read as six thousand files.
declare module '@tabler/icons-react/dist/esm/icons/*.mjs' {
  import type { Icon } from '@tabler/icons-react';
  const icon: Icon;
  export default icon;
}
