// Lets a worker thread load TypeScript when docrow runs uncompiled.
import { register } from 'tsx/esm/api';

register();
