import { render } from 'preact'
import { App } from './app'
import { readData } from './data/read'
import './style/tokens.css'
import './style/base.css'
import './style/bar.css'
import './style/overview.css'
import './style/service.css'
import './style/blocker.css'
import './style/known.css'
import './style/tables.css'
import './style/pictures.css'
import './style/flame.css'
import './style/compare.css'
import './style/print.css'

const root = document.getElementById('page')
if (root !== null) render(<App data={readData()} />, root)
