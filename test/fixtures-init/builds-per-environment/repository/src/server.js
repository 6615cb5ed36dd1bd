console.log(`billing for ${process.env.APP_ENV}`);
