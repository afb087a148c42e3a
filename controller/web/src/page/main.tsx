import { render } from 'preact';
import { App } from './app.js';
import './styles/base.css';
import './styles/start.css';
import './styles/lobby.css';
import './styles/call.css';
import './styles/chat.css';

const page = document.getElementById('page');
if (page) render(<App />, page);
