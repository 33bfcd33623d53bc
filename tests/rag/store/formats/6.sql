BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('6');
CREATE TABLE article_addresses (
	article_row INTEGER NOT NULL, 
	role VARCHAR NOT NULL, 
	address TEXT NOT NULL, 
	PRIMARY KEY (article_row, role), 
	FOREIGN KEY(article_row) REFERENCES articles ("row")
)
 WITHOUT ROWID

;
INSERT INTO "article_addresses" VALUES(2,'canonical','https://courier.example/ferry');
INSERT INTO "article_addresses" VALUES(1,'canonical','https://courier.example/gr%C3%BCn/7');
INSERT INTO "article_addresses" VALUES(5,'canonical','https://courier.example/gr%C3%BCn/7');
INSERT INTO "article_addresses" VALUES(4,'canonical','https://courier.example/withdrawn');
INSERT INTO "article_addresses" VALUES(3,'fetched_from','/tmp/st/formats/in1.jsonl line 3');
INSERT INTO "article_addresses" VALUES(2,'url','https://courier.example/ferry');
INSERT INTO "article_addresses" VALUES(4,'url','https://courier.example/withdrawn');
INSERT INTO "article_addresses" VALUES(1,'url','https://www.courier.example/grün//%37?utm_source=x');
INSERT INTO "article_addresses" VALUES(5,'url','https://www.courier.example/grün//%37?utm_source=x');
CREATE TABLE articles (
	"row" INTEGER NOT NULL, 
	id VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	current BOOLEAN NOT NULL, 
	latest BOOLEAN NOT NULL, 
	withdrawn_at VARCHAR, 
	in_lexical BOOLEAN NOT NULL, 
	in_vectors BOOLEAN NOT NULL, 
	title TEXT NOT NULL, 
	source TEXT, 
	authors TEXT NOT NULL, 
	published_at VARCHAR, 
	published_epoch INTEGER, 
	updated_at VARCHAR, 
	fetched_at VARCHAR NOT NULL, 
	date_confidence VARCHAR NOT NULL, 
	section TEXT, 
	kind VARCHAR NOT NULL, 
	language VARCHAR, 
	correction TEXT, 
	corrected_at VARCHAR, 
	stub BOOLEAN NOT NULL, 
	digest VARCHAR NOT NULL, 
	raw_digest VARCHAR NOT NULL, 
	cluster_id VARCHAR, 
	signature BLOB, 
	text TEXT NOT NULL, 
	original TEXT, 
	PRIMARY KEY ("row")
);
INSERT INTO "articles" VALUES(1,'bridge',1,0,0,NULL,0,0,'Bridge closes for repairs','Courier','["Ada Reed"]','2026-09-05',1788566400,NULL,'2026-11-29T01:46:36.178810+00:00','stated','Local','news','en',NULL,NULL,0,'23faeb568d937e96d00a9cdd84814f7a857ee1266112b5e8210408f0dcee76a2','1e3306360978f2a01167b9b033d4f98f6d585f870c5b5f5a0b14a2b4459760fb',NULL,NULL,'The Saltmarsh bridge closes for repairs on Monday. It reopens in May.',NULL);
INSERT INTO "articles" VALUES(2,'1ee7a6b4a329d3fe',1,1,1,NULL,1,1,'Ferry crews walk out','Courier','[]','2026-09-06T08:00:00Z',1788681600,NULL,'2026-11-29T01:46:37.622822+00:00','stated',NULL,'news','en','Correction (Sept. 7, 2026): An earlier version said that they walked out at noon.','2026-09-07',0,'15154ee4fa6fdbcc95211f774c6d73462effead2df321f99529c26f37e149fdf','38ea8298c513f38a421d2a53084e8e5ee61c740823a5026cad983aca7e0fb161',NULL,NULL,'Ferry crews walked out at dawn.

Correction (Sept. 7, 2026): An earlier version said that they walked out at noon.',NULL);
INSERT INTO "articles" VALUES(3,'ae618c2c323825e1',1,1,1,NULL,1,1,'Notes on a dam',NULL,'[]',NULL,NULL,NULL,'2026-11-29T01:46:38.086793+00:00','none',NULL,'news','en',NULL,NULL,0,'dbff649a5b2aeee672dab28f1d49d4cb097ff6f089ec7b8980332de5b248593f','5d231e18f706ae88e381adaa89e9f5a4fdca747ee35b790a5fc3e53c6bd076a1',NULL,NULL,'A dam is built of clay, stone, patience and a wide spillway.',NULL);
INSERT INTO "articles" VALUES(4,'bb1af1ee9b2afebe',1,0,1,'2026-11-29T01:47:06.094201+00:00',0,0,'Council denies the plan','Courier','[]','2026-09-04',1788480000,NULL,'2026-11-29T01:46:38.096559+00:00','stated',NULL,'news','en',NULL,NULL,0,'b052937ed4ebf8f3bf8876986cce6bbf51aff4718610161cf59979a79f258fad','3626d26e71d8d9bc7da1128fc02a517e479b9a3c694f0cb057f24f959fdeba91',NULL,NULL,'The council denied the plan for a second quay.',NULL);
INSERT INTO "articles" VALUES(5,'bridge',2,1,1,NULL,1,1,'Bridge closes for repairs','Courier','["Ada Reed"]','2026-09-05',1788566400,NULL,'2026-11-29T01:46:55.481105+00:00','stated','Local','news','en',NULL,NULL,0,'a3f8f8a4c8efb44bf5dd849dd7e3c523e94e730ca95250d5f6a18dbe3b90946e','f2f35ce30aef76c41cf37def634160466de2d9abad05a9a62087f650debb2c04',NULL,NULL,'The Saltmarsh bridge closes for repairs on Monday. It reopens in June.',NULL);
CREATE TABLE bands (
	"key" BIGINT NOT NULL, 
	article_row INTEGER NOT NULL, 
	PRIMARY KEY ("key", article_row), 
	FOREIGN KEY(article_row) REFERENCES articles ("row")
)
 WITHOUT ROWID

;
CREATE TABLE barred (
	digest VARCHAR NOT NULL, 
	PRIMARY KEY (digest)
);
INSERT INTO "barred" VALUES('ad2b952b8e620f5457a17e63f1ddc1962e55cc2cc015089a5c5198a812bde309');
CREATE TABLE barred_names (
	name VARCHAR NOT NULL, 
	article VARCHAR NOT NULL, 
	PRIMARY KEY (name, article)
);
INSERT INTO "barred_names" VALUES('96182b28b4afb1079a318d933f31b8937f62c5315f55a3453df97a54e6e62898','ad2b952b8e620f5457a17e63f1ddc1962e55cc2cc015089a5c5198a812bde309');
INSERT INTO "barred_names" VALUES('4067c344b90c4f98a5a92cbedcd1dd6fcc1948d190aba08c08070f0c6bb26b61','ad2b952b8e620f5457a17e63f1ddc1962e55cc2cc015089a5c5198a812bde309');
INSERT INTO "barred_names" VALUES('1c3af73ea0894433f498c2be20375587e1214d3fb89fd5340e3f559cc118fb2a','ad2b952b8e620f5457a17e63f1ddc1962e55cc2cc015089a5c5198a812bde309');
INSERT INTO "barred_names" VALUES('54bb0952713afd53d110a89198f5c843868491f421fa8a4351598faaae1169e5','ad2b952b8e620f5457a17e63f1ddc1962e55cc2cc015089a5c5198a812bde309');
INSERT INTO "barred_names" VALUES('5bd89c83be9d37ba2ae5b3329330efdef5ab722a95395a4c269776505234256f','ad2b952b8e620f5457a17e63f1ddc1962e55cc2cc015089a5c5198a812bde309');
INSERT INTO "barred_names" VALUES('25ff1e4ce69008d3c567cd164644f935e590d05591affd0d8af850ff5aa973a4','ad2b952b8e620f5457a17e63f1ddc1962e55cc2cc015089a5c5198a812bde309');
CREATE TABLE facts (
	name VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "facts" VALUES('schema_version','6');
INSERT INTO "facts" VALUES('embedding_model','all-MiniLM-L6-v2-int8');
INSERT INTO "facts" VALUES('boilerplate','');
INSERT INTO "facts" VALUES('last_ingest','{"finished": "2026-11-29T01:46:57.005634+00:00", "seen": 1, "added": 0, "updated": 1, "unchanged": 0, "duplicate": 0, "refused": 0, "pending": 0, "warned": 0, "passages": 1, "seconds": 3.338}');
INSERT INTO "facts" VALUES('generation','d36531253fdf4d90b2aa55810193e33a');
CREATE TABLE intentions (
	"row" INTEGER NOT NULL, 
	intention VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	PRIMARY KEY ("row")
);
CREATE TABLE paragraphs (
	outlet VARCHAR NOT NULL, 
	"key" BIGINT NOT NULL, 
	article_id VARCHAR NOT NULL, 
	PRIMARY KEY (outlet, "key", article_id)
)
 WITHOUT ROWID

;
INSERT INTO "paragraphs" VALUES('Courier courier.example',-8432849929156061169,'bridge');
INSERT INTO "paragraphs" VALUES('Courier courier.example',-6266948834643163227,'1ee7a6b4a329d3fe');
INSERT INTO "paragraphs" VALUES('Courier courier.example',-2845119513032221781,'bb1af1ee9b2afebe');
INSERT INTO "paragraphs" VALUES('Courier courier.example',-1854783585791966567,'1ee7a6b4a329d3fe');
INSERT INTO "paragraphs" VALUES('Courier courier.example',4920237769433843403,'bridge');
CREATE TABLE passages (
	id VARCHAR NOT NULL, 
	article_row INTEGER NOT NULL, 
	ordinal INTEGER NOT NULL, 
	start INTEGER NOT NULL, 
	"end" INTEGER NOT NULL, 
	sentences TEXT NOT NULL, 
	current BOOLEAN NOT NULL, 
	published_epoch INTEGER, 
	source TEXT, 
	kind VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(article_row) REFERENCES articles ("row")
);
INSERT INTO "passages" VALUES('bridge.1.0',1,0,0,69,'[[0, 50], [51, 69]]',0,1788566400,'Courier','news');
INSERT INTO "passages" VALUES('1ee7a6b4a329d3fe.1.0',2,0,0,114,'[[0, 31], [33, 114]]',1,1788681600,'Courier','news');
INSERT INTO "passages" VALUES('ae618c2c323825e1.1.0',3,0,0,60,'[[0, 60]]',1,NULL,NULL,'news');
INSERT INTO "passages" VALUES('bb1af1ee9b2afebe.1.0',4,0,0,46,'[[0, 46]]',0,1788480000,'Courier','news');
INSERT INTO "passages" VALUES('bridge.2.0',5,0,0,70,'[[0, 50], [51, 70]]',1,1788566400,'Courier','news');
CREATE TABLE visits (
	address VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	outlet VARCHAR, 
	url VARCHAR, 
	etag VARCHAR, 
	last_modified VARCHAR, 
	digest VARCHAR, 
	stamp VARCHAR, 
	title TEXT, 
	published_at VARCHAR, 
	publication TEXT, 
	articles TEXT NOT NULL, 
	first_at FLOAT NOT NULL, 
	asked_at FLOAT NOT NULL, 
	succeeded_at FLOAT, 
	added_at FLOAT, 
	changed_at FLOAT, 
	failing_since FLOAT, 
	failures INTEGER NOT NULL, 
	missing INTEGER NOT NULL, 
	failure TEXT, 
	refusal TEXT, 
	withdrawn BOOLEAN NOT NULL, 
	listing BLOB, 
	PRIMARY KEY (address)
);
CREATE INDEX by_section ON articles (section, current);
CREATE INDEX by_cluster ON articles (cluster_id);
CREATE UNIQUE INDEX one_version ON articles (id, version);
CREATE INDEX not_in_lexical ON articles (in_lexical, current);
CREATE INDEX not_in_vectors ON articles (in_vectors, current);
CREATE INDEX by_publication ON articles (current, published_epoch);
CREATE INDEX by_raw_digest ON articles (raw_digest);
CREATE INDEX ix_visits_source ON visits (source);
CREATE INDEX ix_passages_article_row ON passages (article_row);
CREATE INDEX passages_by_time ON passages (current, published_epoch);
CREATE INDEX facts_of_passage ON passages (id, current, published_epoch, source, kind);
CREATE INDEX bands_of_article ON bands (article_row);
CREATE INDEX articles_by_address ON article_addresses (role, address);
COMMIT;
