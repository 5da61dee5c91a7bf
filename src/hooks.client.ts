/** What went wrong is shown by the pages. It is not printed: an error may quote what somebody wrote. */
export const handleError = (): { message: string } => ({ message: '' });
