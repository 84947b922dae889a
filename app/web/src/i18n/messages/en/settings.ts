/** The settings page, in English. Fetched with it. */
export const settings = {
  'settings.lead': 'How long results are kept, and what may be scanned.',
  'settings.notAllowed': 'Only administrators change the settings.',
  'settings.saved': 'The settings are saved.',
  'settings.retention': 'Keeping and deleting',
  'settings.retentionNote': 'What is no longer needed should go: the GDPR asks for it, and it keeps the pages fast.',
  'settings.days': 'Delete scans after this many days',
  'settings.daysHint': 'Counted from the end of a scan, its findings and reports included. Empty: never.',
  'settings.daysWrong': 'Enter a whole number from 1 to 3650, or leave it empty.',
  'settings.keepUploads': 'Keep uploaded files after their scan',
  'settings.keepUploadsHint': 'Otherwise they are deleted as soon as their scan has ended.',
  'settings.saveRetention': 'Save retention',
  'settings.sources': 'What may be scanned',
  'settings.sourcesNote': 'Folders and networks of the server.',
  'settings.folders': 'Folders of the server',
  'settings.foldersHint':
    'One full path on each line. Empty: every folder, for administrators of the first organisation.',
  'settings.foldersWrong': 'Begin each line with /, for example /srv/shared, and use at most 100 lines.',
  'settings.internal': 'Allow internal addresses',
  'settings.internalHint': 'Web sites, repositories and databases in your own network may be scanned.',
  'settings.saveSources': 'Save what may be scanned',
} as const;
