DROP TABLE upload_chunk;
DROP TABLE upload;
DROP TABLE document_publication;
DROP TABLE document_link;
DROP TABLE document;
DROP FUNCTION document_keeps();
