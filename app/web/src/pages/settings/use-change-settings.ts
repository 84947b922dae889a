import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { changeSettings, settingsQuery } from '../../api/settings.ts';
import type { Settings } from '../../api/types.ts';
import { useNotify } from '../../components/toaster.tsx';
import { useSettingsTexts } from '../../i18n/use-settings-texts.ts';

/** Saves part of the settings and says so. */
export function useChangeSettings(): UseMutationResult<Settings, Error, Partial<Settings>> {
  const { t: ts } = useSettingsTexts();
  const notify = useNotify();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: changeSettings,
    onSuccess: (settings) => {
      queries.setQueryData(settingsQuery.queryKey, settings);
      notify(ts('settings.saved'));
    },
  });
}
