declare global {
  namespace App {
    // interface Error {}
    // interface PageState {}
  }
}

export {};
