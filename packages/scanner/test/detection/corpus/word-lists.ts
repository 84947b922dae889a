/** Names for documents; a part of them is in no gazetteer on purpose. */
export const FIRST: readonly string[] =
  'Anna Pieter Marieke Johan Fatima Youssef Sanne Bram Lotte Henk Ingrid Joost Wietske Sjors Trijntje Mehmet Klaus Sabine Jürgen Claire Amélie François Emma Oliver Charlotte Kees Annelies Willem-Jan Anne-Marie Dirk Esmee Tjitske Roelof Aaltje Hidde'.split(
    ' ',
  );

export const LAST: readonly string[] =
  "Jansen|de Vries|van den Berg|Bakker|van Dijk|Visser|Smit|Meijer|de Boer|Mulder|de Groot|Bos|Vos|Peters|Hendriks|van Leeuwen|Dekker|Brouwer|de Wit|Dijkstra|Smits|van der Meer|van der Linden|Kok|Jacobs|de Haan|Vermeulen|van den Heuvel|van der Veen|Hagenouw|Boonstra|Postuma|Nijenhuis|Ter Horst|El Amrani|Yilmaz|Schneider|Fischer|Weber|Dubois|Lefèvre|Moreau|Thompson|Clarke|O'Brien|van 't Hof|Zijlstra|Terpstra|Wiersma|Bouwmeester".split(
    '|',
  );

export const STREETS: readonly string[] =
  'Kerkstraat|Dorpsstraat|Stationsweg|Molenweg|Prinsengracht|Keizersgracht|Burgemeester van Lierlaan|Julianalaan|Beatrixstraat|Marktplein|Oude Kade|Lange Dijk|Van Goghlaan|Schoolstraat|Nieuwe Gracht|Eikenlaan|Wilhelminasingel|Havenkade|Raadhuisplein|Parkweg|Hoofdstraat|1e Oosterparkstraat|Sint Jansstraat'.split(
    '|',
  );

export const GERMAN_STREETS: readonly string[] =
  'Hauptstraße|Bahnhofstraße|Gartenweg|Schillerplatz|Goethestr.|Lindenallee|Am Ring|Berliner Straße|Mozartgasse'.split(
    '|',
  );

export const FRENCH_STREETS: readonly string[] =
  'rue de la Paix|avenue Victor Hugo|boulevard Saint-Michel|rue des Lilas|place de la République|chemin du Moulin'.split(
    '|',
  );

export const CITIES: readonly string[] =
  'Amsterdam|Rotterdam|Utrecht|Den Haag|Eindhoven|Groningen|Zwolle|Alphen aan den Rijn|Leeuwarden|Maastricht|Breda|Haarlem|Apeldoorn|Nijmegen'.split(
    '|',
  );

export const COMPANIES: readonly string[] =
  'Bakker Bouw B.V.|Van Dam Logistiek BV|Stichting De Linde|Zorggroep Het Baken B.V.|Müller Technik GmbH|Harper Consulting Ltd|Gemeente Zwolle|Noordzee Energie N.V.'.split(
    '|',
  );
