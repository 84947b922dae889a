import { createRoot } from 'react-dom/client';
import './theme/tokens.css';
import { Entry } from './entry.tsx';

const root = document.getElementById('root');
if (root) createRoot(root).render(<Entry />);
