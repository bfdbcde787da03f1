import { render, start } from './dist/server.js';

console.log(render());
try {
  start();
} catch (error) {
  console.log(String(error));
}
