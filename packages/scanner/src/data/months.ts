/** Month names and their usual abbreviations in Dutch, English, German, French, Spanish and Italian. */
export const MONTHS: ReadonlyMap<string, number> = new Map(
  [
    'januari january januar jänner janvier enero gennaio jan janv',
    'februari february februar februar février fevrier febrero febbraio feb févr fév febr',
    'maart march märz maerz mars marzo mrt mar mär',
    'april avril abril aprile apr avr',
    'mei may mai mayo maggio',
    'juni june juin junio giugno jun',
    'juli july juillet julio luglio jul juil',
    'augustus august août aout agosto aug',
    'september septembre septiembre settembre sep sept',
    'oktober october octobre octubre ottobre okt oct',
    'november novembre noviembre nov',
    'december dezember décembre decembre diciembre dicembre dec dez déc',
  ].flatMap((names, index) => names.split(' ').map((name): [string, number] => [name, index + 1])),
);
