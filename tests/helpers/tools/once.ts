/** Setup files run anew for each test file; what they import runs once in a worker. */
import './byte-equality.ts';
