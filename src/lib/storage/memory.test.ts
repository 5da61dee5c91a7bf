import { storageConformance } from '../../../tests/conformance/storage.ts';
import { memoryStorage } from './memory.ts';

storageConformance('memory', async () => memoryStorage());
