/**
 * The fictional register: twelve insured persons, five children of the first two of them, six professionals. Nobody in
 * it exists; the telephone numbers are those reserved for fiction, the e-mail domain is reserved too.
 * It is a register file like any other (register-file.ts), read by the same code.
 */
export const DEMO_REGISTER = `\
kind;nir;lastName;firstName;birthDate;card;serial;email;phone;parent1;parent2;rpps;profession
insured;286056912304562;Moreau;Camille;1986-05-14;photo;48210937561;camille.moreau@exemple.example;+33639980101
insured;184115935011204;Lefèvre;Antoine;1984-11-02;plain;91827364550;antoine.lefevre@exemple.example;+33639980102
insured;279022A00408794;Paoli;Ghjulia;1979-02-19;photo;70163842915;ghjulia.paoli@exemple.example;+33639980103
insured;191072B03302123;Casanova;Petru-Santu;1991-07-28;photo;35590128476;petru-santu.casanova@exemple.example;+33639980104
insured;238091411800975;Dubois;Marguerite;1938-09-03;plain;40718263;;+33199001005
insured;103129304823379;Benali;Yanis;2003-12-11;photo;82604719350;yanis.benali@exemple.example;+33639980106
insured;295047511341849;Nguyễn;Élodie;1995-04-25;photo;19475820366;elodie.nguyen@exemple.example;+33639980107
insured;152013726105478;d’Aubigné;Jean-Baptiste;1952-01-30;plain;5520917384612;jb.daubigne@exemple.example;
insured;288069933501716;Traoré;Fatoumata;1988-06-08;photo;60938174522;fatoumata.traore@exemple.example;+33639980109
insured;170102901907604;Le Bihan;Gaël;1970-10-16;plain;273849506;gael.lebihan@exemple.example;+33639980110
insured;265089741103201;Payet;Rose-May;1965-08-22;photo;51728304968;rose-may.payet@exemple.example;+33639980111
insured;182039912206459;Świątek;Łukasz;1982-03-05;plain;618293047;lukasz.swiatek@exemple.example;+33639980112
child;111096912331094;Lefèvre;Jules;2011-09-21;;;;;286056912304562;184115935011204
child;214026912307124;Lefèvre;Inès;2014-02-17;;;;;286056912304562;184115935011204
child;117066912318868;Lefèvre;Noé;2017-06-30;;;;;286056912304562;184115935011204
child;220126912340244;Lefèvre;Zoé;2020-12-05;;;;;286056912304562;184115935011204
child;124086912326568;Lefèvre;Malo;2024-08-11;;;;;286056912304562;184115935011204
professional;;Martin;Claire;;;;claire.martin@exemple.example;;;;10100000017;Médecin généraliste
professional;;Renaud;Hugo;;;;hugo.renaud@exemple.example;;;;10100000025;Cardiologue
professional;;Girard;Sophie;;;;sophie.girard@exemple.example;;;;10100000033;Infirmière
professional;;Haddad;Karim;;;;karim.haddad@exemple.example;;;;10100000041;Pharmacien
professional;;Leroy;Nadia;;;;nadia.leroy@exemple.example;;;;10100000058;Sage-femme
professional;;Berger;Thomas;;;;thomas.berger@exemple.example;;;;10100000066;Masseur-kinésithérapeute
`;
