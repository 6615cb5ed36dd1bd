import { prices } from '@travel/prices';

prices();
