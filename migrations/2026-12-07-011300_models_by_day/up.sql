-- The public page of models goes through them by the day on which they were published.
CREATE INDEX practice_model_published_idx ON practice_model (published_on, id) WHERE state = 'PUBLISHED';
