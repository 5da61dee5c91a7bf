declare global {
  namespace App {
    // interface Error {}
    interface PageState {
      /** Which question of a journey is shown; the browser's way back goes through them. */
      step?: string;
    }
  }
}

export {};
