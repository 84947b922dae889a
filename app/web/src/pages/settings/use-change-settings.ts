import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { changeSettings, settingsQuery } from '../../api/settings.ts';
import type { Settings } from '../../api/types.ts';
import { useNotify } from '../../components/toaster.tsx';
import { useTexts } from '../../i18n/texts.tsx';

/** Saves part of the settings and says so. */
export function useChangeSettings(): UseMutationResult<Settings, Error, Partial<Settings>> {
  const { t } = useTexts();
  const notify = useNotify();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: changeSettings,
    onSuccess: (settings) => {
      queries.setQueryData(settingsQuery.queryKey, settings);
      notify(t('settings.saved'));
    },
  });
}
