/** The terms of one category, and the labels under which they need no person beside them. */
interface SpecialCategory {
  readonly terms: readonly string[];
  readonly labels: RegExp;
}

function list(terms: string): readonly string[] {
  return terms.split('|').map((term) => term.trim());
}

/** Terms by type, lower case, in Dutch, English, German and French. Chosen to be rare outside their subject. */
export const SPECIAL_TERMS: Readonly<Record<string, SpecialCategory>> = {
  HEALTH: {
    labels:
      /diagnos|ziekte|aandoening|medicat|medicij|allergi|klacht|behandel|condition|disease|illness|symptom|medical|krankheit|maladie|traitement|anamnes|indicatie|voorgeschiedenis/,
    terms: list(
      'diabetes mellitus type 2|diabetes mellitus type 1|diabetes mellitus|diabetes type 2|diabetes type 1|diabetes|type 2 diabetes|type 1 diabetes|suikerziekte|hypertensie|hoge bloeddruk|hypertension|high blood pressure|bluthochdruck|hypertonie|hypertension artérielle|astma bronchiale|astma|asthma bronchiale|asthma|asthme|copd|longemfyseem|longkanker|lung cancer|borstkanker|breast cancer|brustkrebs|cancer du sein|prostaatkanker|prostate cancer|darmkanker|colon cancer|leukemie|leukemia|lymfoom|lymphoma|melanoom|melanoma|kanker|carcinoom|carcinoma|chemotherapie|chemotherapy|chimiothérapie|radiotherapie|depressie|depressieve stoornis|depression|dépression|depressive episode|burn-out|burnout|angststoornis|anxiety disorder|angststörung|ptss|ptsd|posttraumatische stressstoornis|schizofrenie|schizophrenia|schizophrenie|bipolaire stoornis|bipolar disorder|borderline|adhd|autisme|autism|asperger|anorexia|boulimia|epilepsie|epilepsy|épilepsie|migraine|migräne|parkinson|alzheimer|dementie|dementia|demenz|démence|multiple sclerose|multiple sclerosis|als-patiënt|beroerte|stroke patient|schlaganfall|hartinfarct|myocardinfarct|heart attack|herzinfarkt|hartfalen|heart failure|boezemfibrilleren|atrial fibrillation|angina pectoris|hiv-positief|hiv positive|hiv-positiv|hiv|aids|hepatitis b|hepatitis c|hepatitis|tuberculose|tuberculosis|covid-19|corona-infectie|reuma|reumatoïde artritis|rheumatoid arthritis|artrose|osteoporose|fibromyalgie|ziekte van crohn|crohn|colitis ulcerosa|coeliakie|prikkelbare darm|nierfalen|nierinsufficiëntie|kidney failure|dialyse|levercirrose|hypothyreoïdie|schildklier|hypercholesterolemie|obesitas|obesity|adipositas|overgewicht bmi|zwangerschap|zwanger|pregnant|pregnancy|schwanger|schwangerschaft|enceinte|miskraam|miscarriage|abortus|hernia|fractuur|gebroken heup|heupprothese|whiplash|hersenschudding|concussion|anemie|anemia|bloedarmoede|hemofilie|trombose|longembolie|eczeem|psoriasis|penicilline-allergie|penicillin allergy|penicillineallergie|notenallergie|latexallergie|alcoholverslaving|alcoholisme|drugsverslaving|verslaving|addiction treatment|ziekmelding|ziek gemeld|ziekteverzuim|arbeidsongeschikt|arbeidsongeschiktheid|arbeitsunfähig|disability benefits|sick leave|krankgeschrieben|krankschreibung|arrêt maladie|metformine|metformin|insuline|insulin|metoprolol|lisinopril|simvastatine|atorvastatine|omeprazol|paroxetine|sertraline|citalopram|fluoxetine|methylfenidaat|ritalin|oxazepam|diazepam|tramadol|oxycodon|morfine|prednison|salbutamol|levothyroxine|warfarine|acenocoumarol|amoxicilline|hooikoorts|slaapapneu|sleep apnea|gastritis|pneumonie|longontsteking|pneumonia|blindedarmontsteking|appendicitis|galstenen|nierstenen|diabète|cancer|krebs|herzinsuffizienz|insuffisance cardiaque|arthrose|rugklachten|lumbago|allergie voor|glaucoom|cataract|staar-operatie|bloedtransfusie|euthanasieverklaring|psychose|suïcidaal|suicidal|zelfmoordpoging',
    ),
  },
  RELIGION: {
    labels: /religi|geloof|kerk|levensbeschouw|konfession|faith/,
    terms: list(
      "rooms-katholiek|rooms katholiek|roman catholic|römisch-katholisch|katholiek|catholic|katholisch|catholique|protestants|protestant|protestantisch|evangelisch|evangelical|gereformeerd|hervormd|calvinist|lutheran|lutheraan|islamitisch|moslim|moslima|muslim|musulman|musulmane|islam|joods|jewish|jüdisch|juif|juive|jodendom|judaism|hindoe|hindu|hindoeïsme|hinduism|boeddhist|boeddhistisch|buddhist|bouddhiste|boeddhisme|sikh|jehova\u2019s getuige|jehova's getuige|jehovah's witness|zeuge jehovas|mormoon|mormon|atheïst|atheist|athée|agnost|agnostic|orthodox christian|christen|christian faith|soennitisch|sjiitisch|sunni|shia|bahá'í|humanist",
    ),
  },
  POLITICS: {
    labels: /politi|partij|party|stem/,
    terms: list(
      'lid van de vvd|lid van de pvda|lid van d66|lid van de pvv|lid van het cda|lid van groenlinks|lid van de sp|lid van forum voor democratie|stemt vvd|stemt pvv|stemt groenlinks|stemt d66|stemt pvda|stemde op|groenlinks-lid|vvd-lid|pvda-lid|pvv-stemmer|d66-lid|cda-lid|vvd|pvda|pvv|groenlinks|d66|cda|christenunie|sgp|forum voor democratie|partij voor de dieren|politieke voorkeur|politieke overtuiging|political opinion|political affiliation|party member|member of the labour party|labour party|conservative party|liberal democrats|green party|republican party|democratic party|republican|democrat|socialist|communist|partijlid|spd-mitglied|cdu-mitglied|mitglied der spd|mitglied der cdu|mitglied der grünen|parti socialiste|rassemblement national|membre du parti',
    ),
  },
  ETHNICITY: {
    labels: /etni|ethni|ras|race|afkomst|herkomst|origin|nationalit/,
    terms: list(
      'van marokkaanse afkomst|marokkaanse afkomst|marokkaans|turkse afkomst|van turkse afkomst|surinaamse afkomst|surinaams|antilliaanse afkomst|antilliaans|somalische afkomst|hindostaans|hindoestaans|roma-afkomst|sinti|creools|molukse afkomst|moluks|etnische afkomst|ethnic origin|ethnicity|moroccan descent|turkish descent|surinamese descent|african american|afro-american|afro-caribbean|black african|white british|caucasian|hispanic|latino|latina|romani|kurdish|koerdisch|koerdische afkomst|berbers|arabische afkomst|türkischer herkunft|marokkanischer herkunft|origine marocaine|origine algérienne|origine ethnique|donkere huidskleur|niet-westerse migratieachtergrond|migratieachtergrond',
    ),
  },
  UNION: {
    labels: /vakbond|union|gewerkschaft|syndica/,
    terms: list(
      'lid van de fnv|fnv-lid|lid van fnv|lid van het cnv|lid van cnv|cnv-lid|fnv|cnv|vakbond|vakbondslid|vakbondslidmaatschap|lid van de vakbond|trade union member|trade union membership|trade union|union member|labor union|labour union|unison member|gewerkschaftsmitglied|gewerkschaft|verdi-mitglied|ig metall|mitglied der ig metall|syndicat|membre du syndicat|adhérent cgt|cgt|cfdt|abvv|acv|vcp-lid|unie-lid|kaderlid',
    ),
  },
  ORIENTATION: {
    labels: /geaardheid|orientation|orientatie|sexual/,
    terms: list(
      'homoseksueel|homoseksuele|homosexual|homosexuell|homosexuel|homosexuelle|lesbisch|lesbisch stel|lesbian|lesbienne|lesbisch|biseksueel|bisexual|bisexuell|bisexuel|bisexuelle|heteroseksueel|heterosexual|heterosexuell|seksuele geaardheid|sexual orientation|sexuelle orientierung|orientation sexuelle|transgender|transseksueel|transsexual|non-binair|non-binary|queer|aseksueel|asexual|panseksueel|pansexual|genderdysforie|seksleven|sex life|homo|gay',
    ),
  },
  BIOMETRIC: {
    labels: /biometr|vingeraf|fingerprint|gezicht/,
    terms: list(
      'vingerafdruk|vingerafdrukken|fingerprint scan|fingerprint template|fingerprints|fingerabdruck|fingerabdrücke|empreinte digitale|empreintes digitales|irisscan|iris scan|netvliesscan|retina scan|gezichtsherkenning|facial recognition|face template|gesichtserkennung|reconnaissance faciale|stemafdruk|voiceprint|voice print|handpalmscan|palm print|biometrisch|biometrische gegevens|biometric data|biometrische daten|données biométriques|biometric template',
    ),
  },
  GENETIC: {
    labels: /genet|dna|gen /,
    terms: list(
      'dna-test|dna-profiel|dna-onderzoek|dna profile|dna-analyse|dna test|erfelijkheidsonderzoek|genetisch onderzoek|genetische aanleg|genetische test|genetic test|genetic testing|genetic data|genetische daten|gentest|test génétique|données génétiques|brca1|brca2|brca1-mutatie|brca2-mutatie|brca1 mutation|brca2 mutation|genmutatie|gene mutation|erfelijke aandoening|hereditary disease|chromosoomafwijking|chromosomal abnormality|trisomie 21|down syndrome|syndroom van down|huntington|cystic fibrosis|taaislijmziekte',
    ),
  },
  CRIMINAL: {
    labels: /straf|criminal|veroordel|justiti|delict|antecedent/,
    terms: list(
      'veroordeeld voor|veroordeeld tot|veroordeeld wegens|veroordeling|strafblad|strafbaar feit|strafrechtelijk|strafrechtelijke veroordeling|verdacht van|verdachte|aangehouden wegens|aangehouden|gearresteerd|in hechtenis|voorlopige hechtenis|gevangenisstraf|celstraf|taakstraf|proces-verbaal|justitiële documentatie|huiselijk geweld|mishandeling|diefstal|inbraak|fraude gepleegd|oplichting|rijden onder invloed|drugsbezit|criminal record|criminal conviction|convicted of|conviction|convicted|arrested for|arrested|prison sentence|imprisonment|on probation|probation|felony|misdemeanor|theft|burglary|assault charge|driving under the influence|vorbestraft|vorstrafe|verurteilt|straftat|freiheitsstrafe|casier judiciaire|condamné|condamnée|condamnation|peine de prison|tbs|reclassering',
    ),
  },
};
