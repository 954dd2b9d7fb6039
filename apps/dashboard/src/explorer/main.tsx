/** The explorer of the GraphQL interface: every type with its description, asked with the session of this tab. */
import '@fontsource-variable/ibm-plex-sans/wght.css';
import '@fontsource/ibm-plex-mono/latin-400.css';
import 'graphiql/style.css';
import './explorer.css';
import { createRoot } from 'react-dom/client';
import { Explorer } from './Explorer.tsx';

const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<Explorer />);
