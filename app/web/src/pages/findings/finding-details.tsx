import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { catalogueQuery } from '../../api/findings.ts';
import type { Finding, TriageStatus } from '../../api/types.ts';
import { SeverityBadge } from '../../components/severity.tsx';
import { useTexts } from '../../i18n/texts.tsx';
import { useServerWords } from '../../i18n/use-server-words.ts';
import { triageStatuses } from './finding-filters.ts';
import styles from './findings.module.css';
import { Place } from './place.tsx';

/** Properties of {@link FindingDetails}. */
export interface FindingDetailsProps {
  readonly finding: Finding;
  /** Absent for those who only read. */
  readonly onDecide: ((status: TriageStatus) => void) | undefined;
  /** Narrows the table to findings of this type. */
  readonly onType: (type: string) => void;
}

/** One finding in full: value in context, why it was found, what the law says, what to do, what was decided. */
export function FindingDetails({ finding, onDecide, onType }: FindingDetailsProps): React.JSX.Element {
  const { t, format, language } = useTexts();
  const words = useServerWords();
  const { data: catalogue } = useQuery(catalogueQuery);
  const description = catalogue?.get(finding.type);
  const name = description?.name[language] ?? finding.type;
  return (
    <div className={styles.details}>
      <div>
        <h3 className={styles.detailsTitle}>{name}</h3>
        <div className={styles.detailsMeta}>
          <SeverityBadge severity={finding.severity} />
          <span className="dim">{t(`category.${finding.category}`)}</span>
          <span className="dim numbers">{`${t('findings.confidence')} ${format.percent(finding.score)}`}</span>
        </div>
      </div>
      <Section title={t('findings.context')}>
        <p className={styles.excerpt}>{finding.context || finding.masked}</p>
        <Place location={finding.location} />
      </Section>
      {onDecide ? (
        <div className={styles.decide}>
          {triageStatuses
            .filter((status) => status !== finding.status)
            .map((status) => (
              <Button key={status} size="xs" variant="default" onClick={() => onDecide(status)}>
                {t(`triage.do.${status}`)}
              </Button>
            ))}
        </div>
      ) : undefined}
      <button type="button" className={styles.plainButton} onClick={() => onType(finding.type)}>
        {t('findings.sameType', { type: name })}
      </button>
      {finding.status === 'open' ? undefined : (
        <Section title={t('findings.decision')}>
          <p>
            <strong>{t(`triage.${finding.status}`)}</strong>
            {finding.reason ? `: ${finding.reason}` : ''}
          </p>
          {finding.decidedBy && finding.decidedAt ? (
            <p className="dim">
              {t('findings.decidedBy', { person: finding.decidedBy, when: format.dateTime(finding.decidedAt) })}
            </p>
          ) : undefined}
        </Section>
      )}
      {description ? (
        <Section title={t('findings.remedy')}>
          <p>{description.remedy[language]}</p>
        </Section>
      ) : undefined}
      {finding.reasons.length > 0 ? (
        <Section title={t('findings.why')}>
          <ul>
            {finding.reasons.map((reason) => (
              <li key={reason}>{words.finding(reason)}</li>
            ))}
          </ul>
        </Section>
      ) : undefined}
      {description && description.articles.length > 0 ? (
        <Section title={t('findings.law')}>
          <p>{description.articles.join(', ')}</p>
        </Section>
      ) : undefined}
    </div>
  );
}

function Section({
  title,
  children,
}: {
  readonly title: string;
  readonly children: React.ReactNode;
}): React.JSX.Element {
  return (
    <section className={styles.section}>
      <h4 className={styles.sectionTitle}>{title}</h4>
      {children}
    </section>
  );
}
