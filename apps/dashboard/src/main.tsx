import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { applyTheme, readTheme } from './parts/theme.ts'
import 'uplot/dist/uPlot.min.css'
import './styles/styles.css'

applyTheme(readTheme())
const root = document.getElementById('root')
if (root) createRoot(root).render(<App baseUrl={location.origin} />)
