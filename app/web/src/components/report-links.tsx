import { useState } from 'react';
import { SegmentedControl } from '@mantine/core';
import type { Scan } from '../api/types.ts';
import { type Language, languages } from '../i18n/language.ts';
import { useTexts } from '../i18n/texts.tsx';
import { IconDownload, IconEye } from './icons.ts';
import styles from './report-links.module.css';

/** The forms a report comes in. */
export const reportFormats = ['pdf', 'html', 'csv', 'json', 'sarif'] as const;

/** One form of a report. */
export type ReportFormat = (typeof reportFormats)[number];

const languageNames: Readonly<Record<Language, string>> = { en: 'English', nl: 'Nederlands' };

/** The address of a scan's report. */
export function toReportPath(scanId: string, format: ReportFormat, language: Language): string {
  return `/api/scans/${scanId}/report.${format}?lang=${language}`;
}

/** A report in the person's choice of language: to look at, and in each form to take along. */
export function ReportLinks({ scan }: { readonly scan: Scan }): React.JSX.Element {
  const { t, language } = useTexts();
  const [chosen, setChosen] = useState<Language>(language);
  return (
    <div className={styles.choice}>
      <div className={styles.languages}>
        <span id="report-language" className={styles.label}>
          {t('reports.language')}
        </span>
        <SegmentedControl
          aria-labelledby="report-language"
          size="xs"
          value={chosen}
          onChange={(value) => setChosen(languages.find((candidate) => candidate === value) ?? language)}
          data={languages.map((value) => ({ value, label: languageNames[value] }))}
        />
      </div>
      <a
        className={styles.preview}
        href={`${toReportPath(scan.id, 'html', chosen)}&inline=true`}
        target="_blank"
        rel="noreferrer"
      >
        <IconEye size={18} stroke={1.7} aria-hidden="true" />
        {t('reports.preview')}
      </a>
      <ul className={styles.formats}>
        {reportFormats.map((format) => (
          <li key={format}>
            <a
              className={styles.format}
              href={toReportPath(scan.id, format, chosen)}
              download
              aria-label={t('reports.downloadOf', { format: t(`reports.${format}`), name: scan.name })}
            >
              <IconDownload size={18} stroke={1.7} aria-hidden="true" />
              <span>
                <span className={styles.formatName}>{t(`reports.${format}`)}</span>
                <span className={styles.formatAbout}>{t(`reports.about.${format}`)}</span>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
