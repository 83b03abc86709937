/** Where the page begins. */
import './main.css';
import { render } from 'preact';

import { warm, whenIdle } from './markdown/warm';
import { Page } from './view/page';
import { Talks } from './view/talks';

const root = document.getElementById('page');
if (root) render(<Page talks={new Talks()} />, root);
warm(whenIdle);
