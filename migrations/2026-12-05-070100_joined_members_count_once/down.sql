-- What was counted stays counted: a span that ended does not go on, and the older program counts by it as well.
SELECT 1;
