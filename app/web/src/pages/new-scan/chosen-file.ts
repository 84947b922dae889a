/** A file to upload, with its path inside the dropped folder. */
export interface ChosenFile {
  readonly path: string;
  readonly file: File;
}
