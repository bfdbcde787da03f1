import './executable';
import { run } from './app';

void run();
