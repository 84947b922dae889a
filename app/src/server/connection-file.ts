/** File of the data folder in which `start` tells workers and tools of the embedded database; mode 0600. */
export const CONNECTION_FILE = 'connection.json';
