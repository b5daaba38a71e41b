import { renderRunPage } from './html/run-page.ts';
import { renderRunJunit } from './junit/run-junit.ts';
import { renderRunMarkdown } from './markdown/run-markdown.ts';
import type { RunReport } from './run-report.ts';
import { renderRun } from './text/run-text.ts';
import { createStyle } from './text/style.ts';

export type ReportFormat = 'text' | 'html' | 'md' | 'json' | 'junit';

export const reportFormats: readonly ReportFormat[] = ['text', 'html', 'md', 'json', 'junit'];

/** The report of a run as the content of a file. */
export const renderRunAs = (format: ReportFormat, report: RunReport): string => {
  switch (format) {
    case 'text':
      return renderRun(createStyle(false, undefined), report);
    case 'html':
      return renderRunPage(report);
    case 'md':
      return renderRunMarkdown(report);
    case 'json':
      return `${JSON.stringify(report, null, 2)}\n`;
    case 'junit':
      return renderRunJunit(report);
  }
};
